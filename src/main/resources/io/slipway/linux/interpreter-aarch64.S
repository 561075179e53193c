# Interpreter of syscall programs, aarch64. The bytes are in interpreter-aarch64.hex; a test assembles this file and compares.
#
# A program's form is described in interpreter-x86_64.S; the counter is the generic timer's virtual count. Like that one it
# touches no stack, so that a child which shares it (CLONE_VM with CLONE_VFORK) does no harm. The kernel keeps all registers
# but x0 through a system call.
.text
.macro count register
  isb                         // or the counter would be read before the call's end
  mrs \register, cntvct_el0
.endm
# long spawn(struct clone_args *x0, size_t x1, program *x2): the child's pid, or -errno
.globl spawn
spawn:
  stp x19, x20, [sp, -32]!
  str x21, [sp, 16]
  mov x19, x2
  mov x20, x0
  mov x21, x1
  mov x0, 2                   // SIG_SETMASK; blocked here, as Java must not run with SIGSEGV blocked
  sub x1, x19, 32
  sub x2, x19, 24
  mov x3, 8
  mov x8, 135                 // rt_sigprocmask
  svc 0
  count x9
  stur x9, [x19, -16]
  mov x0, x20
  mov x1, x21
  mov x8, 435                 // clone3
  svc 0
  cbz x0, walk                // not to a global name: the linker would have to fill that in, and there is none
  mov x20, x0
  mov x0, 2
  sub x1, x19, 24
  mov x2, 0
  mov x3, 8
  mov x8, 135
  svc 0
  mov x0, x20
  ldr x21, [sp, 16]
  ldp x19, x20, [sp], 32
  ret

# pid 1's entry: stack is argc, path, argv of the application, 0, environment. Fills the three arguments of execve,
# which is instruction 7, then runs the program at 0x411020.
.globl init
init:
  mov x19, 0x410000
  movk x19, 0x1020
  ldr x2, [sp]
  ldr x0, [sp, 8]
  add x1, sp, 16
  add x2, x1, x2, lsl 3
  str x0, [x19, 7*88+8]
  str x1, [x19, 7*88+16]
  str x2, [x19, 7*88+24]

.globl interpret
interpret:                    // x19: program
walk:
  mov x20, x19
  count x9
  stur x9, [x20, -8]
next:
  ldr x8, [x19]
  tbnz x8, 63, stop
  ldp x0, x1, [x19, 8]
  ldp x2, x3, [x19, 24]
  ldp x4, x5, [x19, 40]
  svc 0
  str x0, [x19, 56]
  count x9
  str x9, [x19, 80]
  ldp x10, x11, [x19, 64]     // flags, offset
  tbnz x0, 63, failed
  cbnz x0, nonzero
  tbnz x10, 1, jump
nonzero:
  tbz x10, 2, keep
  ldr x9, [x20, 56]
  cmp x0, x9
  b.ne jump
keep:
  tbz x10, 3, advance
  str x0, [x20, x11]
advance:
  add x19, x19, 88
  b next
jump:
  add x19, x20, x11
  b next
failed:
  tbnz x10, 0, advance
stop:
  mov x0, 127
  mov x8, 94                  // exit_group
  svc 0
  brk 0

# long ticks(void): the counter
.globl ticks
ticks:
  count x0
  ret
