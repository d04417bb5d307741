"""What is sent to Azure, what must arrive and what came of it, as values; and the live state that it passes."""
