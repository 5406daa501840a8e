"""Tables in files: reading CSV, Excel and OpenDocument row by row, writing CSV and Excel without formulas.

``reading.open_table`` opens a file of any known kind, ``columns.match_columns`` recognises its headings,
``writing.CsvWriter`` and ``writing.XlsxWriter`` write one. Whatever is wrong with a file is an
``errors.ExchangeError`` with a code and a message for its owner. Nothing here knows what a row is about.
"""
