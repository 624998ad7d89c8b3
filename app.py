"""The screens of the reader. Each page draws its own frame: a cold deep link never runs this."""

from pages.shared import frame

frame.run()
