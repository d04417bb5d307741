"""What the server does for each request of the page: a message in, a message out."""
