"""Service reports of visits: content, editions, signature, print."""
