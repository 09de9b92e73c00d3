// Deals each flow a hand of queues, by its hash: two flows seldom have the same hand, so one that fills its queues leaves others a free one. Pure.

/** FNV-1a with a final mix, 32 bits. */
const hash = (text: string): number => {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  return (h ^ (h >>> 13)) >>> 0
}

/** `handSize` different numbers below `deck`, always the same for one flow. */
export const dealHand = (flow: string, deck: number, handSize: number): number[] => {
  const hand: number[] = []
  for (let card = 0; card < Math.min(handSize, deck); card++) {
    // The n-th of the cards that are left: those already dealt are stepped over, in ascending order.
    let pick = hash(`${flow}/${card}`) % (deck - card)
    for (const dealt of hand.toSorted((a, b) => a - b)) if (pick >= dealt) pick++
    hand.push(pick)
  }
  return hand
}
