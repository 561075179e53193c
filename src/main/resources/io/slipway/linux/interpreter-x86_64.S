# Interpreter of syscall programs, x86-64. The bytes are in interpreter-x86_64.hex; a test assembles this file and compares.
#
# A program is a table of instructions of 88 bytes, each eleven 8-byte words:
#   0 number (negative ends the program)   1..6 arguments   7 result
#   8 flags: 1 go on after an error, 2 jump to word 9 when the result is 0,
#            4 jump to word 9 when the result differs from the first instruction's, 8 store the result at word 9
#   9 offset from the program's start, for a jump or a store
#  10 time stamp counter after the call (0: never made)
# Before the program lie: -32 the mask that blocks all signals, -24 the caller's mask, -16 the counter before clone3,
# -8 the counter when the child began.
# It touches no stack, so that a child which shares it (CLONE_VM with CLONE_VFORK) does no harm.
.intel_syntax noprefix
.text
# long spawn(struct clone_args *rdi, size_t rsi, program *rdx): the child's pid, or -errno
.globl spawn
spawn:
  push rbx
  push r12
  push rsi
  mov rbx, rdx
  mov r12, rdi
  mov edi, 2                  # SIG_SETMASK; blocked here, as Java must not run with SIGSEGV blocked
  lea rsi, [rbx-32]
  lea rdx, [rbx-24]
  mov r10d, 8
  mov eax, 14                 # rt_sigprocmask
  syscall
  rdtsc
  shl rdx, 32
  or rax, rdx
  mov [rbx-16], rax
  mov rdi, r12
  pop rsi
  mov eax, 435                # clone3
  syscall
  test rax, rax
  jz interpret
  mov r12, rax
  mov edi, 2
  lea rsi, [rbx-24]
  xor edx, edx
  mov r10d, 8
  mov eax, 14
  syscall
  mov rax, r12
  pop r12
  pop rbx
  ret

# pid 1's entry: stack is argc, path, argv of the application, 0, environment. Fills the three arguments of execve,
# which is instruction 7, then runs the program at 0x411020.
.globl init
init:
  mov rbx, 0x411020
  mov rcx, [rsp]
  mov rdi, [rsp+8]
  lea rsi, [rsp+16]
  lea rdx, [rsp+rcx*8+16]
  mov [rbx+7*88+8], rdi
  mov [rbx+7*88+16], rsi
  mov [rbx+7*88+24], rdx

.globl interpret
interpret:                    # rbx: program
  mov r12, rbx
  rdtsc
  shl rdx, 32
  or rax, rdx
  mov [r12-8], rax
next:
  mov rax, [rbx]
  test rax, rax
  js stop
  mov rdi, [rbx+8]
  mov rsi, [rbx+16]
  mov rdx, [rbx+24]
  mov r10, [rbx+32]
  mov r8, [rbx+40]
  mov r9, [rbx+48]
  syscall
  mov [rbx+56], rax
  mov r13, rax
  rdtsc
  shl rdx, 32
  or rax, rdx
  mov [rbx+80], rax
  mov rcx, [rbx+64]
  test r13, r13
  js failed
  jnz nonzero
  test cl, 2
  jnz jump
nonzero:
  test cl, 4
  jz keep
  cmp r13, [r12+56]
  jne jump
keep:
  test cl, 8
  jz advance
  mov rax, [rbx+72]
  mov [r12+rax], r13
advance:
  add rbx, 88
  jmp next
jump:
  mov rbx, [rbx+72]
  add rbx, r12
  jmp next
failed:
  test cl, 1
  jnz advance
stop:
  mov edi, 127
  mov eax, 231                # exit_group
  syscall
  hlt

# long ticks(void): the time stamp counter
.globl ticks
ticks:
  rdtsc
  shl rdx, 32
  or rax, rdx
  ret
