//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// group makes a command the leader of a process group. Canceling the command ends the whole group:
// make does not pass signals on to the commands of its commands.
func group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
}
