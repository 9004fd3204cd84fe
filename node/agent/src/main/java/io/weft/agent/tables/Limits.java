package io.weft.agent.tables;

/**
 * How many numbers of each sort there are.
 *
 * @param ports local ports, as large as the vRouter's table
 * @param nodes other nodes
 * @param domains routing domains
 * @param groups equal-cost groups
 */
public record Limits(int ports, int nodes, int domains, int groups) {}
