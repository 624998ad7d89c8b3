"""The screens, in order. Each page draws its own frame: a cold deep link never runs this file."""

from pages.shared import screens

screens.run()
