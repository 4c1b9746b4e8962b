"""The rule book as workbooks, CSV, sentences and DMN."""
