package io.weft.agent.tables;

/**
 * A veth pair that holds back what passes by addresses outside. What enters one end comes out of the other, when the class
 * of its address says so.
 *
 * @param sends ifindex of the end that what leaves enters
 * @param receives ifindex of the end that what arrives enters
 */
public record AddressShaper(int sends, int receives) {}
