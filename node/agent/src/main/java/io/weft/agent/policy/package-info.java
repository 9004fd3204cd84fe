/**
 * From security groups, their rules and members to the kernel's policy tables: a calculation that costs what a change
 * touches, and whose outcome depends on the present records alone. {@code docs/policy.md} tells the way and its bounds.
 * One thread owns it.
 */
@NullMarked
package io.weft.agent.policy;

import org.jspecify.annotations.NullMarked;
