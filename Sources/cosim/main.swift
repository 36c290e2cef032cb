import CosimCommands

await Program.main()
