"""The system beneath: files, processes, memory, threads of linear algebra."""
