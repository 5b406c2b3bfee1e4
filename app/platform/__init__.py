"""What every area stands on: the kernel, HTTP, background work, pages, files, documents, notifications."""
