"""Docstrings taken apart."""

from demo.docstrings import changes, description, first_sentence, reason


def test_the_description_ends_where_the_sections_begin() -> None:
    docstring = """Compute the thing from its many parts.

    It is :class:`~things.Thing` of ``two`` kinds.

    Parameters
    ----------
    x : int
    """
    assert description(docstring) == (
        "Compute the thing from its many parts.\n\nIt is things.Thing of `two` kinds."
    )


def test_a_licence_or_a_stub_is_no_description() -> None:
    assert description("Copyright 2020 by the people who wrote this and all the others.") == ""
    assert description("Do it.") == ""


def test_a_change_has_its_version_and_its_whole_text() -> None:
    docstring = """Open it.

    .. versionchanged:: 2.1
       The mode is now checked
       before the file is opened.

    .. deprecated:: 3.0 Use :func:`open_all` for everything instead.
    """
    first, second = changes(docstring)
    assert (first.kind, first.version) == ("versionchanged", "2.1")
    assert first.text == "The mode is now checked before the file is opened."
    assert (second.kind, second.version) == ("deprecated", "3.0")
    assert second.text == "Use open_all for everything instead."


def test_a_reason_is_a_whole_paragraph_that_gives_one() -> None:
    docstring = """Sort.

    This sorts a copy rather than the list itself, because callers keep their own order.

    n: the number, because the parameter needs a word in its description as well.
    """
    assert reason(docstring).startswith("This sorts a copy")
    assert reason("Sort the list in place and return nothing at all to whoever called.") == ""


def test_the_first_sentence_does_not_stop_inside_a_name() -> None:
    assert (
        first_sentence("Raised by a.b.C when it fails. More.") == "Raised by a.b.C when it fails."
    )
