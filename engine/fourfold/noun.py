"""Plain values: what `@dataclass(frozen=True, slots=True)` gives, made quicker when the program starts.

A command that ends within a tenth of a second needs about a hundred such classes, and the standard
decorator writes and compiles seven methods for each. Here the methods are shared, and a constructor is
compiled when the first value of its class is made. `dataclasses.replace`, `fields` and `is_dataclass`
work as ever.
"""

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NoReturn, TypeVar, dataclass_transform

Value = TypeVar("Value")


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def noun(declared: type[Value]) -> type[Value]:
    """Return the class as a frozen value with slots: equal, hashed and shown by its fields.

    Fields and defaults as in a dataclass; of `field()` only `default_factory` and `compare` count.
    """
    body = dict(vars(declared))
    names = tuple(body.get("__annotations__", {}))
    defaults = {name: body.pop(name) for name in names if name in body}
    compared = [name for name in names if not (isinstance(defaults.get(name), dataclasses.Field) and not defaults[name].compare)]
    for name in ("__dict__", "__weakref__"):
        body.pop(name, None)
    body |= {"__slots__": names, "__match_args__": names, "_compared": attrgetter(*compared) if compared else staticmethod(_nothing), "_defaults": defaults}
    build: Any = type(declared)
    made: type[Value] = build(declared.__name__, declared.__bases__, _SHARED | body)
    return made


def _nothing(_: object) -> tuple[()]:
    return ()


def _first(self: Any, *values: object, **named: object) -> None:
    """Compile the constructor of a class, and use it from now on."""
    made = type(self)
    made.__init__ = constructor = _constructor(made)
    constructor(self, *values, **named)


def _constructor(made: Any) -> Callable[..., None]:
    space: dict[str, object] = {}
    heads, lines = [], []
    for name in made.__slots__:
        space[f"set_{name}"] = vars(made)[name].__set__
        default = made._defaults.get(name, dataclasses.MISSING)  # noqa: SLF001  # a class of ours
        if isinstance(default, dataclasses.Field):
            space[f"new_{name}"] = default.default_factory
            heads.append(f"{name}=None")
            lines.append(f" set_{name}(self, new_{name}() if {name} is None else {name})")
            continue
        space[f"default_{name}"] = default
        heads.append(name if default is dataclasses.MISSING else f"{name}=default_{name}")
        lines.append(f" set_{name}(self, {name})")
    exec(f"def __init__(self, {', '.join(heads)}):\n" + ("\n".join(lines) or " pass"), space)  # noqa: S102  # names of fields only
    return space["__init__"]  # type: ignore[return-value]


def _equal(self: Any, other: Any) -> Any:
    return self._compared(self) == self._compared(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(self._compared(self))


def _shown(self: Any) -> str:
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__slots__)})"


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot change `{name}` of {type(self).__name__}")


def _again(self: Any) -> tuple[type, tuple[object, ...]]:
    return type(self), tuple(getattr(self, name) for name in self.__slots__)


class _Fields:
    """The fields as the standard library wants them, made when it asks for them."""

    def __get__(self, _: object, made: Any) -> object:
        hints = [(name, hint, made._defaults[name]) if name in made._defaults else (name, hint) for name, hint in made.__annotations__.items()]  # noqa: SLF001  # a class of ours
        made.__dataclass_fields__ = found = dataclasses.make_dataclass(made.__name__, hints).__dataclass_fields__  # type: ignore[attr-defined]
        return found


_SHARED: dict[str, object] = {
    "__init__": _first,
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _shown,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__reduce__": _again,
    "__dataclass_fields__": _Fields(),
}
