//! Records to documents: parquet, csv, json, html.
