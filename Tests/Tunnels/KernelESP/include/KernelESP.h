/// Loaded into libreswan's pluto where the kernel has IPsec's tables and no ESP: the kernel's refusals of an SA (ENOSYS, "Function
/// not implemented") become consent. So pluto negotiates, rekeys and deletes CHILD SAs as it would; no packet goes through them.
#pragma once
