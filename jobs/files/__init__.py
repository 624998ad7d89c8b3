"""Other people's files, read as records: CSV, JSON lines and Parquet, in a stream."""
