"""The gallery of shared pieces opens without a database."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

GALLERY = Path(__file__).resolve().parent.parent / "browser" / "gallery.py"


def test_every_piece_is_drawn() -> None:
    app = AppTest.from_file(str(GALLERY), default_timeout=60).run()
    assert not app.exception
    assert [each.value for each in app.header] == [
        "Messages",
        "Rows",
        "Released figures",
        "Trust",
        "Charts",
    ]
