"""What the page and its server say to each other, as dataclasses: the one description that both sides are typed by."""
