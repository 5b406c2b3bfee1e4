"""Lists that come in, of any kind: read, tried, confirmed, written. Areas declare theirs (docs/imports.md)."""
