"""Settings, URLs and the console command."""
