package redistest

import (
	"os/exec"
	"syscall"
)

// endWithParent makes the process end when this one is killed.
func endWithParent(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
