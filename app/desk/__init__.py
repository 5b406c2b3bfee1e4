"""The service desk: tickets and visits, who reports them, who works on them, who is let in, and what clients say
afterwards."""
