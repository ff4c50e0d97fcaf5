module kanikit.dev/probe

go 1.21
