"""The messages sent to a language model, one Markdown file each; a package, so that they are installed and found."""
