// What a component returns: `end` is called once it has left the page. Streamlit (1.67) asks for that also when a rerun
// overtakes the one before it, though the component stays.
const whenGone = (root, end) => () => { if (!root.isConnected) end(); };

