"""The Python packages installed beside this program, as their own metadata describes them."""

import re
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import Distribution, EntryPoint, distributions
from pathlib import Path

# Name, extras, version, marker of a requirement (PEP 508), as far as metadata uses them.
REQUIREMENT = re.compile(r"^\s*([\w.-]+)\s*(?:\[[^\]]*\])?\s*\(?([^;)]*)\)?\s*(?:;(.*))?$")
EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")
MIXED_NAME = re.compile(r"[-_.]+")


@dataclass(frozen=True)
class Requirement:
    """A package that another one needs; `extra` names the option that needs it, if it is one."""

    name: str
    version: str
    extra: str | None


@dataclass(frozen=True)
class Package:
    """An installed distribution."""

    name: str
    distribution: Distribution

    @property
    def version(self) -> str:
        """The version that is installed."""
        return self.distribution.version

    @property
    def summary(self) -> str:
        """One line of what it is for; may be empty."""
        return self._field("Summary")

    @property
    def description(self) -> str:
        """The long description, in Markdown or reStructuredText; may be empty."""
        body = self.distribution.metadata.get_payload()  # type: ignore[attr-defined]
        return str(body or self._field("Description"))

    @property
    def markup(self) -> str:
        """What the long description is written in."""
        written = self._field("Description-Content-Type").partition(";")[0].strip()
        return {"text/markdown": "Markdown", "text/x-rst": "reStructuredText"}.get(written, "text")

    @property
    def made_by(self) -> str:
        """Who its metadata says made it, or its own name."""
        fields = ("Author", "Maintainer", "Author-email", "Maintainer-email")
        return next((found for field in fields if (found := self._field(field))), self.name)

    @property
    def urls(self) -> list[str]:
        """Its addresses on the web, each once, in the order of the metadata."""
        pairs = self.distribution.metadata.get_all("Project-URL") or []
        named = [pair.partition(",")[2].strip() for pair in pairs]
        found = [self._field("Home-page"), *named]
        return list(dict.fromkeys(url for url in found if url.startswith(("http://", "https://"))))

    @property
    def topics(self) -> list[str]:
        """Its keywords and the last part of each topic it is filed under, small and sorted."""
        keywords = re.split(r"[,\s]+", self._field("Keywords"))
        filed = [
            line.rpartition("::")[2]
            for line in self.distribution.metadata.get_all("Classifier") or []
            if line.startswith("Topic ::")
        ]
        return sorted({word.strip().lower() for word in [*keywords, *filed] if word.strip()})

    @cached_property
    def requirements(self) -> list[Requirement]:
        """What it needs, by name."""
        parsed = (REQUIREMENT.match(line) for line in self.distribution.requires or [])
        found = []
        for match in parsed:
            if match is not None:
                name, version, marker = match.groups()
                extra = EXTRA.search(marker or "")
                found.append(
                    Requirement(plain_name(name), version.strip(), extra and extra.group(1))
                )
        return sorted(found, key=lambda each: (each.name, each.extra or ""))

    @property
    def entry_points(self) -> list[EntryPoint]:
        """Commands and plug-ins it offers, by name."""
        return sorted(self.distribution.entry_points, key=lambda entry: (entry.name, entry.group))

    @property
    def root(self) -> Path:
        """The folder its files are in."""
        return Path(str(self.distribution.locate_file("")))

    @property
    def sources(self) -> list[str]:
        """Its Python files, relative to `root`, in the order of their names."""
        files = (str(path) for path in self.distribution.files or [])
        return sorted(path for path in files if path.endswith(".py") and not path.startswith(".."))

    def _field(self, name: str) -> str:
        value = self.distribution.metadata.get(name)  # type: ignore[attr-defined]
        return "" if value in {None, "UNKNOWN"} else str(value).strip()


def installed() -> list[Package]:
    """Every installed package once, by name."""
    found: dict[str, Package] = {}
    for distribution in distributions():
        name = plain_name(distribution.metadata["Name"] or "")
        if name:
            found.setdefault(name, Package(name, distribution))
    return [found[name] for name in sorted(found)]


def plain_name(name: str) -> str:
    """The one spelling of a package's name (PEP 503): `Typing_Extensions` is typing-extensions."""
    return MIXED_NAME.sub("-", name).lower()


def without_addresses(text: str) -> str:
    """The text without e-mail addresses: who wrote it is nobody's business here."""
    return re.sub(r"<?[\w.+-]+@[\w-]+\.[\w.-]*\w>?", "", text)
