"""Tables in files: reading CSV, Excel and OpenDocument, writing CSV and Excel without formulas."""
