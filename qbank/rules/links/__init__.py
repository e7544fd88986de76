"""Links between records: stimuli and enemies."""
