"""A workspace checked once more: what was found in the same files on the same day is not looked for again."""

from pathlib import Path

from fourfold.checked import Checked, keep, kept


def recheck(root: Path, today: int) -> Checked:
    """Return every problem of a workspace, from the user's cache where every file is as it was."""
    key, found = kept(root, today)
    if found is None:
        # WHY: reading, linking and 68 checks take most of the time to import, and are not needed where nothing changed
        from fourfold.checking import check_workspace

        found = check_workspace(root, today)
        keep(key, found)
    return found
