"""Microsoft Entra: discovery, the token endpoint, and tokens issued and verified."""
