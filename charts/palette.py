"""The colours, chosen once: Okabe and Ito's, told apart with every kind of colour vision.

Each has a twin for a dark page. `.streamlit/config.toml` lists the same ones in the same order.
"""

LIGHT = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B8860B", "#56B4E9", "#882255", "#6B6B1F")
DARK = ("#4BA3E3", "#F08048", "#2CC295", "#E39AC4", "#E5B33D", "#9AD1F5", "#CE7AA2", "#B9B957")

# From early to late: cividis, which reads the same without red or green.
STEPS_LIGHT = ("#C9B458", "#A59C74", "#848279", "#666970", "#49526B", "#2A3F6C", "#00224E")
STEPS_DARK = ("#35456C", "#4E576C", "#666970", "#7F7C75", "#A59C74", "#CFBB5D", "#FEE838")

# From none to all, in the colour of people: none is nearly the page.
SHARE_LIGHT = ("#EDF1EA", "#9BD3BC", "#009E73", "#005C43")
SHARE_DARK = ("#222B31", "#1E5F50", "#2CC295", "#B6F0DC")

# A thin mark that is seen on the page and on every colour above.
MARK = ("#22303A", "#F2EFE6")
OTHER = ("#8E8B80", "#8A939C")
UNSORTED = ("#C9C5B8", "#46515C")
