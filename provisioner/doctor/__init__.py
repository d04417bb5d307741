"""What would stop an apply: sign-in, network, clock, providers, region, quotas, rights, reach of the endpoints."""
