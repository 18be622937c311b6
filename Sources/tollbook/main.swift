internal import TollbookCommands

await CommandEntry.run()
