"""The handbook inside the product: the pages of ``docs/handbook``, in both languages, searchable."""
