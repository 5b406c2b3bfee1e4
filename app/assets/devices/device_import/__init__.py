"""Import of device lists: upload, dry run, confirmation, writing; `reading` turns files into rows."""
