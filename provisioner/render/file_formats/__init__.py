"""The formats of `render`: one file each, a function from the desired resources to the texts of files."""
