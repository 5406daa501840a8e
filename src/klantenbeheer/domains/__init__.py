"""One package per subject; each plugs its tab, pages and jobs into the floors below."""
