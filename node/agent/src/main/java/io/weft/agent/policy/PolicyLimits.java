package io.weft.agent.policy;

/**
 * How much the kernel's tables hold.
 *
 * @param ruleSets numbers of rule sets, 0 and the last included, which are nobody's
 * @param rules numbers of rules that are counted, 0 included, which is nobody's
 * @param verdicts entries of the policy table
 * @param peers entries of the table of peer classes
 */
public record PolicyLimits(int ruleSets, int rules, int verdicts, int peers) {}
