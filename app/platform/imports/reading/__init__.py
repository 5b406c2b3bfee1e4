"""Reading what people send: tables from Excel and CSV, judged row by row.

Pure: bytes in, parsed rows and their issues out; no database, no clock, no framework.
`read_import` does the whole way, `build_error_sheet` answers with a workbook to correct.
"""
