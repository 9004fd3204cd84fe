package io.weft.agent.tables;

import io.weft.agent.policy.PolicyLimits;

/**
 * How many numbers of each sort there are.
 *
 * @param ports local ports, as large as the vRouter's table
 * @param nodes other nodes
 * @param domains routing domains
 * @param groups equal-cost groups
 * @param policy what security groups may take
 */
public record Limits(int ports, int nodes, int domains, int groups, PolicyLimits policy) {}
