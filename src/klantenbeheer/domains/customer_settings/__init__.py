"""How we deal with one customer (T20): documents, invoices, delivery, VAT, blocks, retention."""
