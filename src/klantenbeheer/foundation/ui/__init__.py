"""The design system: templates, components, stylesheet, scripts, and the htmx helper."""
