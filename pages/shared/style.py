"""What Streamlit's theme leaves open: quiet text that can be read, columns on a tablet, and a chart
that is there only to have its library fetched (`figure.announce`)."""

import streamlit as st

# Streamlit's captions and metric notes are at 60% of the text's colour, which is less than the 4.5
# to 1 that WCAG AA asks for. Two columns beside an open sidebar are too narrow below 900
# pixels; on a phone two figures stand side by side, and what says more than fits there breaks
# the line where Streamlit would cut it. A long word (of code, an address) breaks anywhere.
STYLE = """<style>
[data-testid="stCaptionContainer"] { color: inherit; opacity: .8; }
[data-testid="stHtml"] { overflow-wrap: anywhere; }
[data-testid="stLayoutWrapper"]:has(> .st-key-charts-to-come) { display: none; }
@media screen and (max-width: 900px) {
  [data-testid="stHorizontalBlock"] { row-gap: 1rem; }
  [data-testid="stColumn"]:first-child:nth-last-child(2),
  [data-testid="stColumn"]:nth-child(2):last-child { min-width: 100%; }
}
@media screen and (max-width: 640px) {
  [data-testid="stElementContainer"]:has(> [data-testid="stMetric"]) {
    flex: 0 0 calc(50% - .5rem) !important; }
  [data-testid="stHtml"] blockquote { margin: 0 0 1rem; }
  [data-testid="stMetric"] { width: 100%; }
  [data-testid="stMetricDelta"], [data-testid="stMetricDelta"] *,
  [data-testid="stPageLink"] p { white-space: normal !important; overflow: visible; }
  [data-testid="stMetricValue"] { font-size: 1.25rem; }
}
</style>"""


# Streamlit writes white on the primary colour, which in the dark theme is a light one.
DARK = """<style>
[data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primaryFormSubmit"],
[data-testid="stMultiSelectTagsContainer"] [data-tag] { color: #10161C; }
</style>"""


def apply() -> None:
    """Put it on the page; takes no room."""
    st.html(STYLE + (DARK if st.context.theme.type == "dark" else ""))
