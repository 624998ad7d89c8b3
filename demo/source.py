"""Public modules, classes and functions of a package, read from its source without importing it."""

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from demo.packages import Package

LARGEST_FILE = 60_000
MOST_OF_A_MODULE = 24
MOST_MODULES = 70
TESTS = {"test", "tests", "testing", "conftest", "benchmarks"}
COPIES = {"vendor", "vendored", "_vendor", "_vendored", "third_party", "externals", "proto"}
ELSEWHERE = TESTS | COPIES | {"doc", "docs", "examples", "setup"}
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Documented:
    """Something public with a docstring; `name` is the name under which it is used."""

    name: str
    kind: str
    module: str
    file: str
    signature: str
    docstring: str
    bases: tuple[str, ...] = ()
    # Docstrings of a class's public methods, by the method's full name.
    methods: tuple[tuple[str, str], ...] = ()


def documented(package: Package, most: int) -> list[Documented]:
    """Up to `most` documented public things of a package, no more than a few of each module.

    Which modules are read is decided by a hash of their names, so a large package is sampled
    evenly and always the same way.
    """
    modules = sorted(
        ((module_name(path), path) for path in package.sources if _is_source(path)),
        key=lambda each: (each[0].count(".") > 0, hashlib.blake2b(each[0].encode()).digest()),
    )
    exported: dict[str, set[str]] = {}
    found = (
        thing
        for module, path in modules[:MOST_MODULES]
        for thing in islice(_of_module(package, module, path, exported), MOST_OF_A_MODULE)
    )
    unique = {thing.name: thing for thing in islice(found, most)}
    return list(unique.values())


def module_name(path: str) -> str:
    """The module in a file: `a/b/__init__.py` is a.b."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _is_source(path: str) -> bool:
    parts = path.removesuffix(".py").split("/")
    odd = any(part in ELSEWHERE or part.startswith("test_") for part in parts)
    return not odd and all(part.isidentifier() for part in parts) and not path.endswith("_pb2.py")


def _of_module(
    package: Package, module: str, path: str, exported: dict[str, set[str]]
) -> Iterator[Documented]:
    tree = _parsed(package, path)
    if tree is None:
        return
    public = _public_part(module)
    docstring = ast.get_docstring(tree, clean=False)
    if docstring and public == module:
        kind = "package" if path.endswith("__init__.py") else "module"
        yield Documented(module, kind, module, path, module, docstring)
    if public != module and public not in exported:
        exported[public] = _exported(package, public)
    for node in tree.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            names = exported.get(public, set())
            if public == module or node.name in names or f"{module.rpartition('.')[2]}.*" in names:
                yield from _definition(node, public, module, path)


def _public_part(module: str) -> str:
    """The module's name up to its first private part: `a.b._c` is a.b."""
    parts = module.split(".")
    private = (place for place, part in enumerate(parts) if part.startswith("_"))
    return ".".join(parts[: next(private, len(parts))])


def _exported(package: Package, module: str) -> set[str]:
    """Names that a package's `__init__` takes over from private modules; `_m.*`: all of `_m`."""
    tree = _parsed(package, module.replace(".", "/") + "/__init__.py")
    if tree is None:
        return set()
    return {
        f"{(node.module or '').rpartition('.')[2]}.*" if alias.name == "*" else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and "_" in (node.module or "")
        for alias in node.names
    }


def _definition(node: Definition, public: str, module: str, path: str) -> Iterator[Documented]:
    docstring = ast.get_docstring(node, clean=False)
    if not docstring:
        return
    name = f"{public}.{node.name}"
    if isinstance(node, ast.ClassDef):
        bases = tuple(ast.unparse(base) for base in node.bases)
        signature = f"class {node.name}({', '.join(bases)})" if bases else f"class {node.name}"
        methods = tuple(_methods(node, name))
        yield Documented(name, "class", module, path, signature, docstring, bases, methods)
    else:
        signature = f"def {node.name}({', '.join(_arguments(node.args))})"
        yield Documented(name, "function", module, path, signature, docstring)


def _arguments(arguments: ast.arguments) -> list[str]:
    named = [*arguments.posonlyargs, *arguments.args]
    starred = [f"*{arguments.vararg.arg}"] if arguments.vararg else []
    starred += [each.arg for each in arguments.kwonlyargs]
    starred += [f"**{arguments.kwarg.arg}"] if arguments.kwarg else []
    return [each.arg for each in named] + starred


def _methods(node: ast.ClassDef, name: str) -> Iterator[tuple[str, str]]:
    for inner in node.body:
        if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
            docstring = ast.get_docstring(inner, clean=False)
            if docstring:
                yield f"{name}.{inner.name}", docstring


def _parsed(package: Package, path: str) -> ast.Module | None:
    """The module's syntax; None where there is none to read: too long, other text, not Python 3."""
    file = package.root / path
    try:
        if file.stat().st_size > LARGEST_FILE:
            return None
        return ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
