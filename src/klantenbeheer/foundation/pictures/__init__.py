"""Pictures: what comes in is read, cut, and written anew; nothing of the original file is kept."""
