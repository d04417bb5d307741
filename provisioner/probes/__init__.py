"""What is sent to Azure, what must arrive, and what came of it: values, and the live state beside them."""
