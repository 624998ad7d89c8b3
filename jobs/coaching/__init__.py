"""What a coach reads: the brief, recommendations, the analysis of texts."""
